@NullMarked
package dev.rollcall.server.redis;

import org.jspecify.annotations.NullMarked;
