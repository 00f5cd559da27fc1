package dev.rollcall.server.node;

/// Results that are sent together.
public final class SpooledBatch {
  private final long number;
  private final String id;
  private final int results;
  private final byte[] body;

  /// @param number its place in the spool
  /// @param id the same each time that it is sent, and never used for another one
  /// @param results how many results there are
  /// @param body a JSON array of results as `POST /results` reads it, compressed with gzip. It is
  ///   not copied: nobody may change it
  public SpooledBatch(long number, String id, int results, byte[] body) {
    this.number = number;
    this.id = id;
    this.results = results;
    this.body = body;
  }

  long number() {
    return number;
  }

  /// The id of the batch.
  public String id() {
    return id;
  }

  int results() {
    return results;
  }

  /// The results, compressed with gzip.
  public byte[] body() {
    return body;
  }
}
