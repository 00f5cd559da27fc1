/// IP addresses and blocks of them, and which of them are not for the open network.
@NullMarked
package dev.rollcall.server.address;

import org.jspecify.annotations.NullMarked;
