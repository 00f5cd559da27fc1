/// What every Spring Boot application with probes keeps to, tried in real ones.
@NullMarked
package dev.rollcall.probe.spring.example;

import org.jspecify.annotations.NullMarked;
