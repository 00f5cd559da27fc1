package dev.rollcall.server.http;

/// Answers the requests of one route, on a virtual thread of the request's own; it may block.
@FunctionalInterface
public interface Handler {
  /// Answers one request.
  ///
  /// @throws Refusal for what is wrong with the request
  /// @throws Unavailable for a storage that does not answer just now
  /// @throws Exception for a bug: 500, with an id that also stands in the log
  Answer handle(Request request) throws Exception;
}
