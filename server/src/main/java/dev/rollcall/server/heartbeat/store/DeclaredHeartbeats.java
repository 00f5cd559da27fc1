package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.HeartbeatDefinition;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The heartbeats that the configuration file declares. A heartbeat that is no longer in the file
/// stays, as if it had never been declared.
public final class DeclaredHeartbeats implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeclaredHeartbeats.class.getName());
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration WHEN_DONE = Duration.ofDays(1);

  private final KeyStore keys;
  private final HeartbeatWriter writer;
  private final GroupCommit commits;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "declared-heartbeats",
          "writing the heartbeats of the configuration file",
          AFTER_FAILURE,
          this::round);

  /// Those of the file, while they could not be written.
  private Optional<File> wanted = Optional.empty();

  private volatile Optional<String> refusal = Optional.empty();

  /// @param fewer whether more than half of those that were declared before may be missing
  private record File(List<HeartbeatDefinition> heartbeats, boolean fewer) {}

  /// What differs from the database.
  private record Difference(
      List<HeartbeatDefinition> added,
      List<HeartbeatDefinition> changed,
      List<HeartbeatName> gone) {}

  public DeclaredHeartbeats(KeyStore keys, HeartbeatWriter writer, GroupCommit commits) {
    this.keys = keys;
    this.writer = writer;
    this.commits = commits;
  }

  /// Whether these heartbeats would be accepted; otherwise [#refusal] says why not.
  ///
  /// @param fewer whether more than half of those that were declared before may be missing;
  ///   otherwise such a file is rejected, since it is probably incomplete or the wrong one
  public synchronized boolean accepts(List<HeartbeatDefinition> heartbeats, boolean fewer) {
    return difference(new File(heartbeats, fewer)).isPresent();
  }

  /// Replaces those of the file, unless they are refused.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is unavailable; once
  ///   started, they are written when it is available
  public synchronized void apply(List<HeartbeatDefinition> heartbeats, boolean fewer) {
    apply(new File(heartbeats, fewer));
  }

  private void apply(File file) {
    wanted = Optional.of(file);
    difference(file).ifPresent(this::write);
    wanted = Optional.empty();
  }

  /// What differs; empty if the file is refused.
  private Optional<Difference> difference(File file) {
    Map<HeartbeatName, HeartbeatDefinition> before = new HashMap<>();
    keys.declared().forEach(each -> before.put(each.key(), each));
    int declared = before.size();
    List<HeartbeatDefinition> added = new ArrayList<>();
    List<HeartbeatDefinition> changed = new ArrayList<>();
    for (HeartbeatDefinition heartbeat : file.heartbeats()) {
      HeartbeatDefinition old = before.remove(heartbeat.key());
      if (old == null) {
        added.add(heartbeat);
      } else if (!old.equals(heartbeat)) {
        changed.add(heartbeat);
      }
    }
    int gone = before.size();
    if (!file.fewer() && gone * 2L > declared) {
      refuse(gone, declared);
      return Optional.empty();
    }
    refusal = Optional.empty();
    return Optional.of(new Difference(added, changed, List.copyOf(before.keySet())));
  }

  private void refuse(int gone, int declared) {
    String why =
        ("%d of %d heartbeats would no longer be declared: restore the whole file, or"
                + " set fewer-services: true in it if this is intended")
            .formatted(gone, declared);
    refusal = Optional.of(why);
    LOG.log(
        Level.WARNING,
        "the configuration file was rejected, the previous heartbeats stay declared: {0}",
        why);
  }

  private void write(Difference difference) {
    List<HeartbeatChange> changes = new ArrayList<>();
    difference.added().forEach(each -> changes.add(new HeartbeatChange.Declaration(each)));
    difference.changed().forEach(each -> changes.add(new HeartbeatChange.Declaration(each)));
    difference.gone().forEach(name -> changes.add(new HeartbeatChange.EndOfDeclaration(name)));
    if (changes.isEmpty()) {
      return;
    }
    commits.writeAll(writer, changes);
    LOG.log(
        Level.INFO,
        "heartbeats of the configuration file: {0,number,#} new, {1,number,#} changed,"
            + " {2,number,#} no longer declared",
        difference.added().size(),
        difference.changed().size(),
        difference.gone().size());
  }

  private synchronized Duration round() {
    wanted.ifPresent(this::apply);
    return WHEN_DONE;
  }

  /// How many were declared when the file was last applied.
  public int count() {
    return keys.declared().size();
  }

  /// Why the heartbeats of the file were refused, if they were.
  public Optional<String> refusal() {
    return refusal;
  }

  /// Writes those that could not be written, as soon as the database is available.
  public synchronized void start() {
    if (wanted.isPresent()) {
      loop.start();
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
