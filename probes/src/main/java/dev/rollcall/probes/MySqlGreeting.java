package dev.rollcall.probes;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// What a MySQL or MariaDB server sends, whose greeting is made to name UTF-8 as its character set.
///
/// MariaDB's driver writes the names of user and database in UTF-8, and says of them that they are
/// in whatever set the greeting names: where that is Latin-1, as it was by default before MySQL 8
/// and MariaDB 11.6, no name beyond ASCII is found. A client is free to choose any set there is
/// ([protocol][1]); this is the one that all servers since MySQL 5.5 have.
///
/// [1]: https://mariadb.com/docs/server/reference/clientserver-protocol/1-connecting/connection
final class MySqlGreeting extends FilterInputStream {
  private static final int HEADER = 4;
  private static final int VERSION = 10;

  /// Between the end of the server's version and the character set: the connection's number, the
  /// first part of the seed, a zero, the lower capabilities.
  private static final int BEFORE_SET = 4 + 8 + 1 + 2;

  /// `utf8mb4_general_ci`.
  private static final byte UTF8 = 45;

  private static final int LONGEST = 1 << 10;

  private byte[] greeting = {};
  private int given;
  private boolean begun;

  MySqlGreeting(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (!begun) {
      begun = true;
      greeting = greeting();
    }
    if (given == greeting.length) {
      return super.read(bytes, offset, length);
    }
    int count = Math.min(length, greeting.length - given);
    System.arraycopy(greeting, given, bytes, offset, count);
    given += count;
    return count;
  }

  @Override
  public int available() throws IOException {
    return greeting.length - given + super.available();
  }

  /// The first packet; what is none as far as it was read.
  private byte[] greeting() throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length < HEADER) {
      return header;
    }
    int length = (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
    byte[] packet = Arrays.copyOf(header, HEADER + Math.min(length, LONGEST));
    int read = in.readNBytes(packet, HEADER, packet.length - HEADER);
    int place = HEADER + 1;
    while (place < HEADER + read && packet[place] != 0) {
      place++;
    }
    place += 1 + BEFORE_SET;
    if (read > 0 && packet[HEADER] == VERSION && place < HEADER + read) {
      packet[place] = UTF8;
    }
    return Arrays.copyOf(packet, HEADER + read);
  }
}
