package dev.rollcall.probe.spring;

import java.util.Map;

/// What a health indicator found, of whichever Spring Boot it is.
///
/// @param status `UP`, `DOWN`, or any other
/// @param description of the status; mostly blank
record Found(String status, String description, Map<String, Object> details) {}
