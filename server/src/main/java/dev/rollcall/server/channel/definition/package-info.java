/// What the file and requests say about a channel: how definitions are read, with their routes.
@NullMarked
package dev.rollcall.server.channel.definition;

import org.jspecify.annotations.NullMarked;
