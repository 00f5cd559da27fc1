package dev.rollcall.server.collector;

/// What is wrong with one element of a request.
///
/// @param index the element's place in the array, from 0
/// @param field where in the element: `received`, `traceroute.hops[2].ttl`, or `result` for all of
///   it
/// @param reason a phrase that goes on after the field: `is 5: give 0 to 4, as sent is 4`
record InvalidElement(int index, String field, String reason) {}
