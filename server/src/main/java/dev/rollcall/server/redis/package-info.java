/// Redis in front of the database: streams in which writes wait until the database has them, and
/// changes that other processes are told of. Without the setting `redis`, nothing here is used.
@NullMarked
package dev.rollcall.server.redis;

import org.jspecify.annotations.NullMarked;
