package dev.rollcall.server.channel.store;

import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.secret.SecretBox;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Encrypts definitions of channels, and decrypts them. The key is asked for only when there is
/// something to encrypt or to decrypt.
public final class StoredDefinitions {
  private final InstallationKey key;
  private @Nullable SecretBox box;

  public StoredDefinitions(InstallationKey key) {
    this.key = key;
  }

  /// The stored form of a definition.
  public String sealed(long owner, ChannelDefinition definition) {
    return box().seal(definition.json().toString(), place(owner, definition.name()));
  }

  /// The definition in a row; empty if it cannot be decrypted, or this program cannot read it.
  public Optional<ChannelDefinition> read(ChannelStore.Row row) {
    return box()
        .open(row.sealed(), place(row.owner(), row.name()))
        .flatMap(text -> ChannelReader.one(Json.stored(text), "", new Mistakes()));
  }

  private static String place(long owner, String name) {
    return "channel " + owner + " " + name;
  }

  private synchronized SecretBox box() {
    if (box == null) {
      box = key.box("channels");
    }
    return box;
  }
}
