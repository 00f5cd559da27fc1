package dev.rollcall.server.monitor.store;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Instant;

/// A service as it is in the list.
///
/// @param owner the account or team it belongs to; 0 for the operator
/// @param origin where it was defined: the API changes only services of the API
public record Service(
    long id,
    long owner,
    String name,
    String url,
    Origin origin,
    Instant createdAt,
    Instant updatedAt) {

  /// Where a service comes from.
  public enum Origin {
    /// `services:` in `rollcall.yaml`.
    FILE,
    /// `POST /v1/services`.
    API,
    /// Another service's `/_health`: see [DerivedServices].
    DERIVED;

    static final EnumCodec<Origin> CODEC = EnumCodec.ofWords(Origin.class);

    /// The word in the database and in the API.
    public String word() {
      return CODEC.word(this);
    }
  }
}
