/// IP addresses and blocks of them, and which of them are not public.
@NullMarked
package dev.rollcall.server.address;

import org.jspecify.annotations.NullMarked;
