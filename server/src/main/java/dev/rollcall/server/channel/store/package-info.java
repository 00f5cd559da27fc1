/// The channels that were made by the API: their rows, and how their definitions are encrypted.
@NullMarked
package dev.rollcall.server.channel.store;

import org.jspecify.annotations.NullMarked;
