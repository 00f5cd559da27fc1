/// HTTP requests that Rollcall sends and that are no checks.
@NullMarked
package dev.rollcall.server.httpclient;

import org.jspecify.annotations.NullMarked;
