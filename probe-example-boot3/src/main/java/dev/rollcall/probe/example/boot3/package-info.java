/// A Spring Boot 3 application with probes.
@NullMarked
package dev.rollcall.probe.example.boot3;

import org.jspecify.annotations.NullMarked;
