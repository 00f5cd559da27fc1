package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.JobOutput;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.ping.PingSignal;
import dev.rollcall.server.redis.StreamKind;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.time.JobSchedule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;

/// Pings in streams of Redis: as bytes, with the time at which each came. The other changes of
/// heartbeats do not go there.
final class PingStream implements StreamKind<HeartbeatChange, PingOutcome> {
  private static final byte VERSION = 1;

  /// Nobody waits longer for the result of a ping; see [dev.rollcall.server.redis.StreamBuffer].
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final HeartbeatWriter writer;

  /// @param writer applies them
  PingStream(HeartbeatWriter writer) {
    this.writer = writer;
  }

  @Override
  public String name() {
    return "pings";
  }

  @Override
  public Object subject(HeartbeatChange change) {
    return change.key();
  }

  @Override
  public Batch<HeartbeatChange, PingOutcome> batch() {
    return writer;
  }

  @Override
  public byte[] encode(HeartbeatChange change) {
    if (!(change instanceof Ping ping)) {
      throw new IllegalArgumentException("only pings wait in Redis");
    }
    return written(
        out -> {
          out.writeByte(VERSION);
          out.writeLong(ping.came().orElseThrow().toEpochMilli());
          out.writeLong(ping.key().owner());
          out.writeUTF(ping.key().name());
          switch (ping.signal()) {
            case PingSignal.Start _ -> out.writeByte('s');
            case PingSignal.Success _ -> out.writeByte('o');
            case PingSignal.Failure(OptionalLong exit) -> {
              out.writeByte('f');
              out.writeBoolean(exit.isPresent());
              out.writeLong(exit.orElse(0));
            }
          }
          write(out, ping.terms());
          out.writeBoolean(ping.moment().isPresent());
          out.writeLong(ping.moment().map(Instant::toEpochMilli).orElse(0L));
          out.writeUTF(ping.said().run().orElse(""));
          byte[] output = ping.said().output().map(JobOutput::bytes).orElse(new byte[0]);
          out.writeBoolean(ping.said().output().isPresent());
          out.writeInt(output.length);
          out.write(output);
        });
  }

  private static void write(DataOutputStream out, Optional<Expectation> terms) throws IOException {
    if (terms.isEmpty()) {
      out.writeByte('-');
      return;
    }
    switch (terms.get().schedule()) {
      case JobSchedule.Every(Duration frequency) -> {
        out.writeByte('e');
        out.writeLong(frequency.toSeconds());
      }
      case JobSchedule.Calendar(String expression, ZoneId zone) -> {
        out.writeByte('c');
        out.writeUTF(expression);
        out.writeUTF(zone.getId());
      }
    }
    out.writeLong(terms.get().grace().toSeconds());
  }

  @Override
  public HeartbeatChange decode(byte[] bytes) {
    return read(
        bytes,
        in -> {
          if (in.readByte() != VERSION) {
            throw new IllegalArgumentException("a ping of another version");
          }
          Instant came = Instant.ofEpochMilli(in.readLong());
          HeartbeatName key = new HeartbeatName(in.readLong(), in.readUTF());
          PingSignal signal =
              switch (in.readByte()) {
                case 's' -> new PingSignal.Start();
                case 'o' -> new PingSignal.Success();
                case 'f' -> failure(in);
                default -> throw new IllegalArgumentException("an unknown signal");
              };
          Optional<Expectation> terms = terms(in);
          boolean states = in.readBoolean();
          Instant moment = Instant.ofEpochMilli(in.readLong());
          String run = in.readUTF();
          boolean printed = in.readBoolean();
          byte[] output = in.readNBytes(in.readInt());
          return new Ping(
              key,
              signal,
              terms,
              states ? Optional.of(moment) : Optional.empty(),
              new HeartbeatChange.Said(
                  run.isEmpty() ? Optional.empty() : Optional.of(run),
                  printed ? Optional.of(new JobOutput(output)) : Optional.empty()),
              Optional.of(came));
        });
  }

  private static PingSignal failure(DataInputStream in) throws IOException {
    boolean known = in.readBoolean();
    long exit = in.readLong();
    return new PingSignal.Failure(known ? OptionalLong.of(exit) : OptionalLong.empty());
  }

  private static Optional<Expectation> terms(DataInputStream in) throws IOException {
    Optional<JobSchedule> schedule =
        switch (in.readByte()) {
          case '-' -> Optional.empty();
          case 'e' -> Optional.of(new JobSchedule.Every(Duration.ofSeconds(in.readLong())));
          case 'c' ->
              Optional.of(
                  JobSchedule.Calendar.of(
                      in.readUTF(), JobSchedule.Calendar.zone(in.readUTF()).orElseThrow()));
          default -> throw new IllegalArgumentException("an unknown schedule");
        };
    return schedule.isEmpty()
        ? Optional.empty()
        : Optional.of(new Expectation(schedule.get(), Duration.ofSeconds(in.readLong())));
  }

  @Override
  public Optional<byte[]> encodeResult(PingOutcome outcome) {
    return Optional.of(
        written(
            out -> {
              switch (outcome) {
                case PingOutcome.Recorded(Instant next, boolean paused) -> {
                  out.writeByte('r');
                  out.writeLong(next.toEpochMilli());
                  out.writeBoolean(paused);
                }
                case PingOutcome.Stale(Instant last) -> {
                  out.writeByte('s');
                  out.writeLong(last.toEpochMilli());
                }
                case PingOutcome.NoTerms _ -> out.writeByte('n');
                case PingOutcome.Full(long most) -> {
                  out.writeByte('f');
                  out.writeLong(most);
                }
                case PingOutcome.AccountFull(long most) -> {
                  out.writeByte('a');
                  out.writeLong(most);
                }
                case PingOutcome.OwnerGone _ -> out.writeByte('g');
                case PingOutcome.Unknown _,
                    PingOutcome.Waiting _,
                    PingOutcome.Declared _,
                    PingOutcome.InCircle _,
                    PingOutcome.Changed _ ->
                    throw new IllegalStateException("no result of a ping");
              }
            }));
  }

  @Override
  public PingOutcome decodeResult(byte[] bytes) {
    return read(
        bytes,
        in ->
            switch (in.readByte()) {
              case 'r' ->
                  new PingOutcome.Recorded(Instant.ofEpochMilli(in.readLong()), in.readBoolean());
              case 's' -> new PingOutcome.Stale(Instant.ofEpochMilli(in.readLong()));
              case 'n' -> new PingOutcome.NoTerms();
              case 'f' -> new PingOutcome.Full(in.readLong());
              case 'a' -> new PingOutcome.AccountFull(in.readLong());
              case 'g' -> new PingOutcome.OwnerGone();
              default -> throw new IllegalArgumentException("an unknown result");
            });
  }

  @Override
  public Optional<String> refusal(HeartbeatChange change, PingOutcome outcome, Instant now) {
    if (!(change instanceof Ping ping)
        || !ping.came().filter(came -> came.isBefore(now.minus(PATIENCE))).isPresent()) {
      return Optional.empty();
    }
    Optional<String> why =
        switch (outcome) {
          case PingOutcome.NoTerms _ ->
              Optional.of("there is no such heartbeat, and the call did not state its frequency");
          case PingOutcome.Full _ -> Optional.of("there are as many heartbeats as are allowed");
          case PingOutcome.AccountFull _ ->
              Optional.of("its account has as many heartbeats as are allowed");
          case PingOutcome.OwnerGone _ -> Optional.of("its account is deleted");
          case PingOutcome.Stale _ -> Optional.of("its timestamp is before the call before it");
          case PingOutcome.Recorded _,
              PingOutcome.Unknown _,
              PingOutcome.Waiting _,
              PingOutcome.Declared _,
              PingOutcome.InCircle _,
              PingOutcome.Changed _ ->
              Optional.empty();
        };
    return why.map(
        reason ->
            "a call of "
                + (ping.key().isOfOperator()
                    ? "heartbeat '" + ping.key().name() + "'"
                    : "a heartbeat of an account")
                + " that waited was not recorded, as "
                + reason);
  }

  private interface Writing {
    void write(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T read(DataInputStream in) throws IOException;
  }

  private static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(96);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, Reading<T> reading) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return reading.read(in);
    } catch (IOException | DateTimeException e) {
      throw new IllegalArgumentException("no ping of Rollcall", e);
    }
  }
}
