/// A web application with a health filter, as an example.
@NullMarked
package dev.rollcall.probe.servlet.example;

import org.jspecify.annotations.NullMarked;
