package dev.rollcall.server.channel.type;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.MailServer;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.PublicResolver;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.definition.ChannelReader;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.http.Json;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Channel.Result;
import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The channel of type `mail`.
class MailTest {
  private static final Instant AT = Instant.parse("2026-11-28T12:00:00Z");

  private MailServer server;

  @BeforeEach
  void start() throws IOException {
    server = new MailServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static String definition(int port, String more) {
    return """
    {"name":"m","type":"mail","host":"127.0.0.1","port":%d,"from":"Rollcall <r@example.org>",
     "to":"ops@example.org"%s}\
    """
        .formatted(port, more);
  }

  private static Channel opened(String definition, Resolver resolver) {
    ChannelDefinition read =
        ChannelReader.one(Json.stored(definition), "", new Mistakes())
            .orElseThrow(AssertionError::new);
    return read.settings().open("m", resolver);
  }

  private static Result send(String definition, String name, Resolver resolver)
      throws InterruptedException {
    try (Channel channel = opened(definition, resolver)) {
      Message message = new Message(name, AT.minusSeconds(60), AT, Optional.empty());
      return channel.send(
          new Delivery("heartbeat:" + name, Notification.Kind.LATE, "key 1", message, AT, 1));
    }
  }

  private Result send(String name) throws InterruptedException {
    return send(definition(server.port(), ",\"starttls\":\"never\""), name, Resolver.system());
  }

  @Test
  void mailsAnAlertOnceForEachKey() throws Exception {
    assertThat(send("backup")).isInstanceOf(Result.Sent.class);
    assertThat(send("backup")).isInstanceOf(Result.Sent.class);
    String first = server.mails().getFirst();
    assertThat(first)
        .contains(
            "MAIL FROM:<r@example.org>",
            "RCPT TO:<ops@example.org>",
            "From: Rollcall <r@example.org>",
            "Subject: [Late] backup",
            "Auto-Submitted: auto-generated",
            "Late: backup\nSince: ",
            "2026-11-28T12:00:00Z");
    assertThat(id(server.mails().getLast())).isEqualTo(id(first)).endsWith("@example.org>");
  }

  @Test
  void mailsNothingThatAnotherProcessSendsByNow() throws Exception {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    Message message = new Message("backup", AT, AT, Optional.empty());
    Delivery delivery =
        new Delivery(
            "heartbeat:backup",
            Notification.Kind.LATE,
            "key 1",
            message,
            AT,
            1,
            Optional.empty(),
            () -> !asked.add(server.asked("RCPT").size()));
    String definition = definition(server.port(), ",\"starttls\":\"never\"");
    try (Channel channel = opened(definition, Resolver.system())) {
      assertThat(channel.send(delivery)).isEqualTo(new Result.Withheld(false));
    }
    assertThat(asked).as("when the server knew the mailbox").containsExactly(1);
    assertThat(server.mails()).isEmpty();
    assertThat(send("backup")).isInstanceOf(Result.Sent.class);
    assertThat(server.mails()).hasSize(1);
  }

  private String ownText(String keys) throws Exception {
    Mistakes mistakes = new Mistakes();
    ChannelDefinition read =
        ChannelReader.one(
                Json.stored(definition(server.port(), ",\"starttls\":\"never\"," + keys)),
                "",
                mistakes)
            .orElseThrow(() -> new AssertionError(mistakes.lines()));
    Message message = new Message("<b>shop & co", AT, AT, Optional.empty());
    Channel opened = read.settings().open("m", Resolver.system());
    try (Channel channel = read.templates().over(opened, read.settings().markup())) {
      assertThat(
              channel.send(
                  new Delivery("service:x", Notification.Kind.DOWN, "key 1", message, AT, 1)))
          .isInstanceOfSatisfying(Result.Sent.class, sent -> assertThat(sent.remark()).isEmpty());
    }
    return server.mails().getLast();
  }

  @Test
  void aTextOfItsOwnWithTagsIsTheHtmlAlone() throws Exception {
    assertThat(ownText("\"title\":\"Alert: {{name}}\",\"body\":\"<h1>{{name}}</h1>\\n<p>x\""))
        .contains(
            "Subject: Alert: <b>shop & co",
            "Alert: <b>shop & co\nSince: ",
            "<h1>&lt;b&gt;shop &amp; co</h1>\n<p>x");
  }

  @Test
  void aTextOfItsOwnWithoutTagsIsBoth() throws Exception {
    assertThat(ownText("\"body\":\"{{name}}\\nis {{status}}\""))
        .contains(
            "Subject: [Down] <b>shop & co",
            "\n<b>shop & co\nis down\n",
            "&lt;b&gt;shop &amp; co<br>is down")
        .doesNotContain("Since: ");
  }

  @Test
  void theEndAnswersTheBeginning() throws Exception {
    Mistakes mistakes = new Mistakes();
    ChannelDefinition read =
        ChannelReader.one(
                Json.stored(definition(server.port(), ",\"starttls\":\"never\"")), "", mistakes)
            .orElseThrow(AssertionError::new);
    Message message =
        new Message(
            "<b>shop & co",
            AT,
            AT,
            Optional.of(new Message.OfIncident(7, AT, Optional.of("<i>\nstatus 503 ü"))));
    try (Channel channel = read.settings().open("m", Resolver.system())) {
      Result began =
          channel.send(
              new Delivery("service:shop", Notification.Kind.DOWN, "key 1", message, AT, 1));
      assertThat(began)
          .isInstanceOfSatisfying(
              Result.Sent.class,
              sent -> {
                assertThat(sent.answer()).isEqualTo("250 taken");
                assertThat(channel(channel, message, sent)).isInstanceOf(Result.Sent.class);
              });
    }
    String first = server.mails().getFirst();
    String end = server.mails().getLast();
    assertThat(first).doesNotContain("In-Reply-To", "References");
    assertThat(first.substring(first.indexOf("<!DOCTYPE html>"))).doesNotContain("<b>", "<i>");
    assertThat(first)
        .contains("multipart/alternative", "text/plain", "text/html", "&lt;b&gt;shop &amp; co");
    assertThat(end)
        .contains(
            "Subject: [Up again] <b>shop & co",
            "In-Reply-To: " + id(first),
            "References: " + id(first));
    assertThat(id(end)).isNotEqualTo(id(first));
  }

  private static Result channel(Channel channel, Message message, Result.Sent first) {
    try {
      return channel.send(
          new Delivery(
              "service:shop",
              Notification.Kind.RECOVERED,
              "key 2",
              message,
              AT,
              1,
              first.receipt()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String id(String mail) {
    return mail.replaceFirst("(?s).*Message-ID: (\\S+).*", "$1");
  }

  @Test
  void aNameAddsNoHeader() throws Exception {
    assertThat(send("a\r\nBcc: x@example.org\r\n\r\nb ü €")).isInstanceOf(Result.Sent.class);
    String head = server.mails().getFirst().split("\n\n", 2)[0];
    assertThat(head.lines()).noneMatch(line -> line.startsWith("Bcc"));
    assertThat(server.mails().getFirst()).doesNotContain("RCPT TO:<x@");
  }

  @ParameterizedTest
  @CsvSource({
    "RCPT, 550 no such mailbox, REFUSED, no such mailbox",
    "RCPT, 450 try later, RETRY, try later",
    "DATA, 554 not wanted, REFUSED, not wanted",
    "DATA, 452 disk full, RETRY, disk full",
    "MAIL, 421 too busy, RETRY, too busy",
    "EHLO, 421 too busy, RETRY, too busy",
  })
  void saysWhatTheServerSays(String command, String answer, String expected, String reason)
      throws Exception {
    server.answer(command, answer);
    if (command.equals("EHLO")) {
      server.answer("HELO", answer);
    }
    Result result = send("backup");
    assertThat(result)
        .isInstanceOf(expected.equals("RETRY") ? Result.Retry.class : Result.Refused.class);
    assertThat(result.toString()).contains(reason);
    assertThat(server.mails()).isEmpty();
  }

  @Test
  void sendsNothingInClearTextUnlessToldTo() throws Exception {
    Result result =
        send(
            definition(server.port(), ",\"user\":\"u\",\"password\":\"geheim\""),
            "backup",
            Resolver.system());
    assertThat(result).isInstanceOf(Result.Retry.class);
    assertThat(result.toString()).containsIgnoringCase("STARTTLS").doesNotContain("geheim");
    assertThat(server.mails()).isEmpty();
  }

  @Test
  void reachesOnlyWhatTheResolverAllows() throws Exception {
    Resolver publicOnly = new PublicResolver(Resolver.system(), new Blocks(List.of()));
    for (String security :
        List.of(
            "\"starttls\":\"never\"", "\"starttls\":\"optional\"", "\"port\":26", "\"tls\":true")) {
      Result result =
          send(
              definition(server.port(), "," + security)
                  .replaceFirst("\"port\":\\d+,(.*\"port\")", "$1"),
              "backup",
              publicOnly);
      assertThat(result.toString()).as(security).contains("may not be called from here");
    }
  }

  @Test
  void endsInTimeWhateverTheServerDoes() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Result result =
          send(
              definition(silent.getLocalPort(), ",\"starttls\":\"never\""),
              "backup",
              Resolver.system());
      assertThat(result).isInstanceOf(Result.Retry.class);
      assertThat(((Result.Retry) result).forAll()).isTrue();
    }
  }

  /// It says more with each line, or goes on with one line.
  @ParameterizedTest
  @ValueSource(strings = {"220-hello\r\n", "220 hello "})
  void aServerThatNeverEndsItsAnswerTakesNoMemory(String again) throws Exception {
    try (ServerSocket endless = new ServerSocket(0)) {
      AtomicLong said = new AtomicLong();
      Thread talking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    byte[] much = again.repeat(5_000).getBytes(US_ASCII);
                    try (Socket socket = endless.accept()) {
                      while (true) {
                        socket.getOutputStream().write(much);
                        said.addAndGet(much.length);
                      }
                    } catch (IOException e) {
                      // the client has hung up
                    }
                  });
      Result result =
          send(
              definition(endless.getLocalPort(), ",\"starttls\":\"never\""),
              "backup",
              Resolver.system());
      assertThat(result.toString()).contains("the server says more than 256 KiB");
      talking.join();
      assertThat(said.get()).isLessThan(20_000_000); // the buffers of the sockets
    }
  }

  private Result sendToThree(int attempt) throws InterruptedException {
    String several =
        definition(server.port(), ",\"starttls\":\"never\"")
            .replace("\"ops@example.org\"", "[\"a@x.org\",\"b@x.org\",\"c@x.org\"]");
    ChannelDefinition read =
        ChannelReader.one(Json.stored(several), "", new Mistakes())
            .orElseThrow(AssertionError::new);
    Message message = new Message("job", AT.minusSeconds(60), AT, Optional.empty());
    try (Channel channel = read.settings().open("m", Resolver.system())) {
      return channel.send(
          new Delivery("heartbeat:job", Notification.Kind.LATE, "key 1", message, AT, attempt));
    }
  }

  /// The lease of the delivery would end, and another process would mail it too.
  @Test
  void allMailboxesTogetherHaveTheTimeOfOneAttempt() throws Exception {
    server.answer("RCPT", ""); // it never answers
    Result result = sendToThree(1);
    assertThat(result).isInstanceOf(Result.Retry.class);
    assertThat(server.asked("RCPT"))
        .contains("RCPT TO:<a@x.org>")
        .doesNotContain("RCPT TO:<c@x.org>");
  }

  /// One that takes all the time keeps no other waiting.
  @Test
  void eachAttemptBeginsWithAnotherMailbox() throws Exception {
    assertThat(sendToThree(1)).isInstanceOf(Result.Sent.class);
    assertThat(sendToThree(2)).isInstanceOf(Result.Sent.class);
    assertThat(server.asked("RCPT"))
        .extracting(line -> line.substring("RCPT TO:<".length(), "RCPT TO:<a".length()))
        .containsExactly("a", "b", "c", "b", "c", "a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\":\"m\",\"type\":\"mail\"} | host: is missing",
        "{\"name\":\"m\",\"type\":\"mail\",\"host\":\"h\",\"from\":\"x\",\"to\":\"a@b\"} | from",
        "{\"name\":\"m\",\"type\":\"mail\",\"host\":\"h\",\"from\":\"a@b\",\"to\":\"a@b, c@d\"} |"
            + " to",
        "{\"name\":\"m\",\"type\":\"mail\",\"host\":\"h\",\"from\":\"a@b\",\"to\":\"a@b\",\"port\":0}"
            + " | port",
        "{\"name\":\"m\",\"type\":\"mail\",\"host\":\"h\",\"from\":\"a@b\",\"to\":\"a@b\",\"starttls\":\"x\"}"
            + " | starttls",
        "{\"name\":\"m\",\"type\":\"mail\",\"host\":\"h\",\"from\":\"a@b\",\"to\":\"a@b\",\"user\":\"x\"}"
            + " | password: is missing",
      })
  void saysWhatIsWrongWithADefinition(String definition, String expected) {
    Mistakes mistakes = new Mistakes();
    assertThat(ChannelReader.one(Json.stored(definition), "", mistakes)).isEmpty();
    assertThat(mistakes.lines().toString()).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"smtp.example.org:25", "http://smtp.example.org", "[::1]:25", "a b"})
  void aHostHasNoPort(String host) {
    assertThat(
            mistakes(
                "{'name':'m','type':'mail','host':'" + host + "','from':'a@b.c','to':'d@e.f'}"))
        .singleElement()
        .asString()
        .startsWith("host: \"" + host + "\" is no host name or address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"smtp.example.org", "localhost", "192.0.2.7", "2001:db8::7", "::1"})
  void aHostIsANameOrAnAddress(String host) {
    assertThat(
            mistakes(
                "{'name':'m','type':'mail','host':'" + host + "','from':'a@b.c','to':'d@e.f'}"))
        .isEmpty();
  }

  @Test
  void allMistakesAreToldAtOnce() {
    assertThat(mistakes("{'name':'m','type':'mail'}"))
        .containsExactly(
            "host: is missing: give the SMTP server that takes the mail",
            "from: is missing: give the address of the sender",
            "to: is missing: give the address of the mailbox, or a list");
  }

  @Test
  void eachMailboxGetsItsOwnMailOnce() throws Exception {
    String several =
        definition(server.port(), ",\"starttls\":\"never\"")
            .replace("\"ops@example.org\"", "[\"a@example.org\",\"b@example.org\"]");
    Mistakes mistakes = new Mistakes();
    ChannelDefinition read =
        ChannelReader.one(Json.stored(several), "", mistakes).orElseThrow(AssertionError::new);
    Message message = new Message("job", AT.minusSeconds(60), AT, Optional.empty());
    Delivery delivery =
        new Delivery("heartbeat:job", Notification.Kind.LATE, "key 1", message, AT, 1);
    try (Channel channel = read.settings().open("m", Resolver.system())) {
      server.answer("RCPT TO:<b@example.org>", "450 full");
      assertThat(channel.send(delivery).toString()).contains("b@example.org: ", "full");
      server.answer("RCPT TO:<b@example.org>", "250 ok");
      assertThat(channel.send(delivery)).isInstanceOf(Result.Sent.class);
    }
    assertThat(
            server.mails().stream().map(mail -> mail.replaceFirst("(?s).*RCPT TO:<(.*?)>.*", "$1")))
        .containsExactly("a@example.org", "b@example.org");
  }

  private static Delivery late(Instant written, BooleanSupplier claim) {
    Message message = new Message("job", AT.minusSeconds(60), AT, Optional.empty());
    return new Delivery(
        "heartbeat:job",
        Notification.Kind.LATE,
        "key 1",
        message,
        written,
        1,
        Optional.empty(),
        claim::getAsBoolean);
  }

  /// Another process sends it to all, and later it is told once more, with the same key.
  @Test
  void whatIsToldAgainGoesToAllMailboxesAlsoToThoseThatHadTheFirst() throws Exception {
    String two =
        definition(server.port(), ",\"starttls\":\"never\"")
            .replace("\"ops@example.org\"", "[\"a@x.org\",\"b@x.org\"]");
    AtomicInteger asked = new AtomicInteger();
    try (Channel channel = opened(two, Resolver.system())) {
      assertThat(channel.send(late(AT, () -> asked.incrementAndGet() == 1)))
          .isEqualTo(new Result.Withheld(true));
      assertThat(channel.send(late(AT, () -> false))).isEqualTo(new Result.Withheld(false));
      assertThat(channel.send(late(AT.plusSeconds(9), () -> true))).isInstanceOf(Result.Sent.class);
    }
    assertThat(server.mails().stream().map(mail -> mail.replaceFirst("(?s).*RCPT TO:<(.).*", "$1")))
        .containsExactly("a", "a", "b");
  }

  private static List<String> mistakes(String definition) {
    Mistakes mistakes = new Mistakes();
    ChannelReader.one(Json.stored(definition.replace('\'', '"')), "", mistakes);
    return mistakes.lines();
  }
}
