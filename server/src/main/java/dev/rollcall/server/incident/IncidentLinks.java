package dev.rollcall.server.incident;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.PercentEncoding;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.secret.InstallationKey;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.Mac;
import org.jdbi.v3.core.Handle;

/// The links in messages about incidents: to their pages, and one that acknowledges.
///
/// The acknowledging link needs no account. It has a key for one incident and one channel: an HMAC
/// (SHA-256, the first 128 bits) of both, with a key that is derived from that of the installation.
/// Nothing is stored. The digits are hexadecimal, since receivers take other characters for markup.
public final class IncidentLinks {
  private static final System.Logger LOG = System.getLogger(IncidentLinks.class.getName());
  private static final String HMAC = "HmacSHA256";
  private static final int KEY_BYTES = 16;

  private final Supplier<Optional<URI>> publicUrl;
  private final InstallationKey key;
  private final Teams teams;

  /// Says which owners are teams: their members ask for what a team has with `?team=`.
  @FunctionalInterface
  public interface Teams {
    /// Whether the owner is a team.
    boolean isTeam(Handle tx, long owner);
  }

  /// @param publicUrl where browsers find the pages; without it messages have no links
  /// @param key is needed only where there are links
  public IncidentLinks(Supplier<Optional<URI>> publicUrl, InstallationKey key, Teams teams) {
    this.publicUrl = publicUrl;
    this.key = key;
    this.teams = teams;
  }

  /// The link to the list of an owner.
  Optional<String> list(Handle tx, long owner) {
    return publicUrl.get().map(url -> url + "/incidents" + ofTeam(tx, owner));
  }

  private String ofTeam(Handle tx, long owner) {
    return owner != Scope.OPERATOR && teams.isTeam(tx, owner) ? "?team=" + owner : "";
  }

  /// The links in a message about one incident.
  ///
  /// @param channel its name in the outbox
  Optional<Message.Links> of(Handle tx, Incident incident, String channel) {
    return publicUrl
        .get()
        .map(
            url -> {
              String page = url + "/incidents/" + incident.id();
              return new Message.Links(
                  page + ofTeam(tx, incident.owner()),
                  incident.isOpen()
                      ? acknowledging(page, incident.id(), channel)
                      : Optional.empty());
            });
  }

  private Optional<String> acknowledging(String page, long incident, String channel) {
    try {
      return Optional.of(page + query(incident, channel));
    } catch (UncheckedIOException e) {
      LOG.log(
          Level.WARNING, "a message has no acknowledging link: the secret.key cannot be read", e);
      return Optional.empty();
    }
  }

  private String query(long incident, String channel) {
    return query(channel, key(incident, channel));
  }

  /// The end of the path of an acknowledging link, after that of the incident's page.
  static String query(String channel, String key) {
    return "/acknowledge?channel=" + PercentEncoding.encode(channel) + "&key=" + key;
  }

  /// Whether a key is that of an incident and a channel.
  boolean isKey(String text, long incident, String channel) {
    return MessageDigest.isEqual(text.getBytes(UTF_8), key(incident, channel).getBytes(UTF_8));
  }

  private String key(long incident, String channel) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key.derived("acknowledging", HMAC));
      byte[] digest = mac.doFinal((incident + " " + channel).getBytes(UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC with SHA-256", e);
    }
  }
}
