/// A Spring Boot application with probes, as an example.
@NullMarked
package dev.rollcall.probe.spring.example;

import org.jspecify.annotations.NullMarked;
