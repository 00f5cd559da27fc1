/// The API of channels.
@NullMarked
package dev.rollcall.server.channel.routes;

import org.jspecify.annotations.NullMarked;
