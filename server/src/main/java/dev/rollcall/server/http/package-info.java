/// The HTTP server: routes and who may call them, JSON answers and errors, the event stream, the
/// health port.
@NullMarked
package dev.rollcall.server.http;

import org.jspecify.annotations.NullMarked;
