package dev.rollcall.server.http;

/// Answers the requests of one route. Each runs on its own virtual thread, and may block.
@FunctionalInterface
public interface Handler {
  /// Answers one request.
  ///
  /// @throws Refusal if the request is wrong
  /// @throws Unavailable if something that it needs is unavailable at present
  /// @throws Exception for a bug: 500, with an id that is also in the log
  Answer handle(Request request) throws Exception;
}
