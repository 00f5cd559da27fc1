/// A Spring Boot 4 application with probes.
@NullMarked
package dev.rollcall.probe.example.boot4;

import org.jspecify.annotations.NullMarked;
