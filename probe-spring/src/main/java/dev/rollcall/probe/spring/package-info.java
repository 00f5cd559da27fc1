/// Probes, health indicators and `/_health` in Spring Boot applications.
@NullMarked
package dev.rollcall.probe.spring;

import org.jspecify.annotations.NullMarked;
