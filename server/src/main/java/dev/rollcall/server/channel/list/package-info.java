/// The channels of an owner, and what people do with them by the API and on pages: looking, trying,
/// deleting.
@NullMarked
package dev.rollcall.server.channel.list;

import org.jspecify.annotations.NullMarked;
