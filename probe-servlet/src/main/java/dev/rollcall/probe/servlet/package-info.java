/// `/_health` in Servlet containers.
@NullMarked
package dev.rollcall.probe.servlet;

import org.jspecify.annotations.NullMarked;
