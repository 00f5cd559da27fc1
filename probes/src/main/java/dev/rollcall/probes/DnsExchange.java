package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/// One question to one name server. dnsjava writes and reads the messages; they are sent and waited
/// for here, since its own client keeps a thread for the whole program and knows no deadline. The
/// only class that needs dnsjava, which is optional.
final class DnsExchange {
  static final int PORT = 53;

  /// What fits into one datagram on every network (the DNS flag day of 2020).
  private static final int DATAGRAM = 1232;

  /// How long to wait before the question is sent again, as datagrams get lost.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Name domain;
  private final int type;
  private final Message query;

  DnsExchange(String domain, String type) throws TextParseException {
    this.domain = Name.fromString(HostNames.ascii(domain), Name.root);
    this.type = Type.value(type);
    this.query = Message.newQuery(Record.newRecord(this.domain, this.type, DClass.IN));
  }

  /// What is asked about, as it is sent.
  String domain() {
    return domain.toString();
  }

  /// Checks both.
  static void validate(String domain, String type) {
    if (Type.value(type.toUpperCase(Locale.ROOT)) < 0) {
      throw new IllegalArgumentException(
          "\"%s\" is no type of a DNS record: A, AAAA, MX, TXT, ...".formatted(type));
    }
    if (domain.isEmpty()) {
      throw new IllegalArgumentException("no name to ask about: write dns://server/example.org");
    }
    try {
      Name.fromString(HostNames.ascii(domain), Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("\"%s\" is no domain name".formatted(domain), e);
    }
  }

  /// The first name server that this machine is set up with.
  static Authority firstOfThisMachine() {
    InetSocketAddress first = ResolverConfig.getCurrentConfig().servers().getFirst();
    return new Authority(first.getHostString(), first.getPort());
  }

  /// What a record of `type` has to hold.
  ///
  /// @throws IllegalArgumentException if no such record can hold that
  static DnsValue value(String type, String expected) {
    return DnsValue.of(Type.value(type), expected);
  }

  /// Asks `server`, and gives the values of the records of the wanted type.
  List<DnsValue> ask(Authority server, Session session)
      throws IOException, ProbeFailure, InterruptedException {
    InetSocketAddress address = new InetSocketAddress(session.resolve(server), server.port());
    session.progress().enter(Progress.Stage.ASKED);
    Message answer = overUdp(address, session);
    if (answer.getHeader().getFlag(Flags.TC)) {
      answer = overTcp(server, session);
    }
    return values(answer, server);
  }

  private Message overUdp(InetSocketAddress server, Session session)
      throws IOException, ProbeFailure {
    byte[] question = query.toWire();
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.connect(server);
      DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM], DATAGRAM);
      while (true) {
        socket.send(new DatagramPacket(question, question.length, server));
        Duration left = session.progress().attempt().remaining();
        if (left.isZero()) {
          throw new SocketTimeoutException();
        }
        Duration wait = left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
        Optional<Message> answer = receive(socket, packet, System.nanoTime() + wait.toNanos());
        if (answer.isPresent()) {
          return answer.get();
        }
      }
    } catch (PortUnreachableException e) {
      throw ProbeFailure.answered("connect: refused by " + Authority.of(server));
    }
  }

  /// Waits until `end` for the answer; what belongs to another question is passed over.
  private Optional<Message> receive(DatagramSocket socket, DatagramPacket packet, long end)
      throws IOException, ProbeFailure {
    try {
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        socket.setSoTimeout(Math.toIntExact(left / 1_000_000 + 1)); // 0 would be for ever
        packet.setLength(DATAGRAM);
        socket.receive(packet);
        ByteBuffer bytes = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
        if (bytes.remaining() >= 2 && bytes.getShort(0) == (short) query.getHeader().getID()) {
          return Optional.of(message(Arrays.copyOf(packet.getData(), packet.getLength())));
        }
      }
      return Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
  }

  private Message overTcp(Authority server, Session session)
      throws IOException, ProbeFailure, InterruptedException {
    Socket socket = session.open(server, Optional.empty());
    session.progress().enter(Progress.Stage.WAITING);
    byte[] question = query.toWire();
    OutputStream out = socket.getOutputStream();
    out.write(
        ByteBuffer.allocate(2 + question.length)
            .putShort((short) question.length)
            .put(question)
            .array());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    return message(answer);
  }

  private static Message message(byte[] bytes) throws IOException, ProbeFailure {
    try {
      return new Message(bytes);
    } catch (WireParseException e) {
      throw ProbeFailure.answered("the answer is no DNS message");
    }
  }

  private List<DnsValue> values(Message answer, Authority server) throws ProbeFailure {
    String asked = domain.toString(true);
    switch (answer.getRcode()) {
      case Rcode.NOERROR -> {}
      case Rcode.NXDOMAIN ->
          throw ProbeFailure.answered("no such name: %s (NXDOMAIN)".formatted(asked));
      default ->
          throw ProbeFailure.answered(
              "%s answers %s about %s".formatted(server, Rcode.string(answer.getRcode()), asked));
    }
    List<DnsValue> values =
        answer.getSection(Section.ANSWER).stream()
            .filter(one -> one.getType() == type)
            .map(DnsValue::of)
            .toList();
    if (values.isEmpty()) {
      throw ProbeFailure.answered("%s has no %s record".formatted(asked, Type.string(type)));
    }
    return values;
  }
}
