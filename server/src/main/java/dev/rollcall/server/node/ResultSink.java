package dev.rollcall.server.node;

import dev.rollcall.server.config.OneLine;
import dev.rollcall.server.time.OutsideFailure;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Takes the measurements of a node.
interface ResultSink extends AutoCloseable {
  /// Takes measurements. Returns when they are safe.
  ///
  /// @throws RuntimeException as an [OutsideFailure] if they cannot be taken at present
  void take(List<Measurement> measurements);

  @Override
  default void close() {}

  /// Notes them in the spool, for its delivery.
  record Spooled(Spool spool, Delivery delivery) implements ResultSink {
    @Override
    public void take(List<Measurement> measurements) {
      spool.note(ResultJson.batch(measurements), measurements.size());
      delivery.wake();
    }
  }

  /// Prints them.
  record Printed(PrintStream out) implements ResultSink {
    @Override
    public void take(List<Measurement> measurements) {
      out.print(ResultJson.lines(measurements));
      out.flush();
    }
  }

  /// Appends them to a file. A line that a kill or a full disk has left incomplete is ended first,
  /// so that it spoils no other.
  record Appended(Path file) implements ResultSink {
    @Override
    public void take(List<Measurement> measurements) {
      ByteBuffer lines =
          ByteBuffer.wrap(ResultJson.lines(measurements).getBytes(StandardCharsets.UTF_8));
      try (FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long end = channel.size();
        channel.position(end);
        if (end > 0 && !endsALine(channel, end)) {
          channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        long begin = channel.position();
        try {
          while (lines.hasRemaining()) {
            channel.write(lines);
          }
          channel.force(false);
        } catch (IOException e) {
          channel.truncate(begin); // they are taken again, and none is there twice
          throw e;
        }
      } catch (IOException e) {
        throw new CannotAppend(file, e);
      }
    }

    private static boolean endsALine(FileChannel channel, long end) throws IOException {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.read(last, end - 1);
      return last.get(0) == '\n';
    }
  }

  /// The file of the results cannot be written.
  final class CannotAppend extends RuntimeException implements OutsideFailure {
    private static final long serialVersionUID = 1L;

    CannotAppend(Path file, IOException e) {
      super(
          OneLine.of(
              file
                  + " cannot be written ("
                  + (e.getMessage() == null ? e.toString() : e.getMessage())
                  + "): make room, or set measure.output-file to a file this user may write"),
          e);
    }

    @Override
    public String reason() {
      return String.valueOf(getMessage());
    }
  }
}
