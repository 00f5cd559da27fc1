package dev.rollcall.server.collector;

/// A mistake in one element of a request.
///
/// @param index the place of the element in the array, from 0
/// @param field the field of the element: `received`, `traceroute.hops[2].ttl`, or `result` for the
///   whole element
/// @param reason a phrase that follows the field: `is 5: give 0 to 4, as sent is 4`
record InvalidElement(int index, String field, String reason) {}
