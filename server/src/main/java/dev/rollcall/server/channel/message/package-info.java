/// What a message says: our words and those of a channel, with the names and the escaping of its
/// templates. It knows no receiver.
@NullMarked
package dev.rollcall.server.channel.message;

import org.jspecify.annotations.NullMarked;
