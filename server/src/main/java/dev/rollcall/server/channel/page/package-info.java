/// The page of channels.
@NullMarked
package dev.rollcall.server.channel.page;

import org.jspecify.annotations.NullMarked;
