/// The API of services: its routes and its JSON. Uses `definition`, `check` and `store`.
@NullMarked
package dev.rollcall.server.monitor.routes;

import org.jspecify.annotations.NullMarked;
