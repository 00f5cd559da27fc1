package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probes.HttpExpectation.JsonExpectation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HttpBodyTest {
  private static final String MARK = "\uFEFF";
  private static final String TEXT = "All is well, Grüße";

  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));

  @AfterEach
  void stop() {
    asker.close();
  }

  private Checked check(HttpExpectation expected, String headers, byte[] body) throws IOException {
    return check(asker, expected, headers, body);
  }

  private static Checked check(
      HttpAsker asker, HttpExpectation expected, String headers, byte[] body) throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.say(
                  "HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n"
                      .formatted(headers, body.length));
              line.out().write(body);
            })) {
      return Checked.of(
          new HttpProbe("it", HttpQuestion.of(server.uri("/")).expecting(expected), asker));
    }
  }

  private Checked text(String headers, byte[] body) throws IOException {
    return check(HttpExpectation.DEFAULT.text("Grüße"), headers, body);
  }

  interface Packing {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] packed(byte[] bytes, Packing packing) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packed = packing.around(out)) {
      packed.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    return packed(bytes, GZIPOutputStream::new);
  }

  private static Stream<Arguments> codings() throws IOException {
    byte[] plain = TEXT.getBytes(UTF_8);
    byte[] gzip = gzip(plain);
    byte[] zlib = packed(plain, DeflaterOutputStream::new);
    byte[] raw = packed(plain, out -> new DeflaterOutputStream(out, new Deflater(9, true)));
    // A stored block of it and an empty last one (RFC 7932, 9.2).
    byte[] brotli = Base64.getDecoder().decode(BROTLI);
    return Stream.of(
        Arguments.of("Content-Encoding: gzip\r\n", gzip),
        Arguments.of("Content-Encoding: X-GZip\r\n", gzip),
        Arguments.of("Content-Encoding: deflate\r\n", zlib),
        Arguments.of("Content-Encoding: deflate\r\n", raw),
        Arguments.of("Content-Encoding: br\r\n", brotli),
        Arguments.of("Content-Encoding: identity\r\n", plain),
        Arguments.of("Content-Encoding:\r\n", plain),
        Arguments.of("Content-Encoding: utf-8\r\n", plain),
        Arguments.of("Content-Encoding: deflate, gzip\r\n", gzip(zlib)),
        Arguments.of("Content-Encoding: deflate\r\nContent-Encoding: gzip\r\n", gzip(zlib)),
        Arguments.of("Transfer-Encoding: gzip\r\n", gzip));
  }

  private static final String BROTLI = "MAEQQWxsIGlzIHdlbGwsIEdyw7zDn2UD";

  @ParameterizedTest
  @MethodSource("codings")
  void unpacksWhatNobodyAskedToPack(String headers, byte[] body) throws IOException {
    text(headers, body).assertUp();
  }

  @Test
  void saysThatItCannotUnpack() throws IOException {
    assertThat(text("Content-Encoding: zstd\r\n", new byte[] {1, 2, 3}).reason())
        .isEqualTo(
            "body does not contain \"Grüße\" (it has the coding \"zstd\", which cannot be read)");
    assertThat(
            check(
                    HttpExpectation.DEFAULT.json(new JsonExpectation("$", Optional.empty())),
                    "Content-Encoding: zstd\r\n",
                    new byte[] {1, 2, 3})
                .reason())
        .isEqualTo("body is no JSON (it has the coding \"zstd\", which cannot be read)");
    assertThat(text("Content-Encoding: gzip\r\n", TEXT.getBytes(UTF_8)).reason())
        .startsWith("the body is broken: ");
    byte[] gzip = gzip(TEXT.getBytes(UTF_8));
    assertThat(text("Content-Encoding: gzip\r\n", java.util.Arrays.copyOf(gzip, 15)).reason())
        .isEqualTo("the packed body ends in its middle");
    assertThat(text("Content-Encoding: br\r\n", new byte[] {1, 2, 3}).reason())
        .startsWith("the body is broken: ");
    check(HttpExpectation.DEFAULT, "Content-Encoding: zstd\r\n", new byte[] {1}).assertUp();
  }

  @Test
  void takesNothingForNothingInEveryCoding() throws IOException {
    HttpExpectation nothing = HttpExpectation.DEFAULT.text("");
    for (String coding : new String[] {"gzip", "deflate", "br"}) {
      check(nothing, "Content-Encoding: " + coding + "\r\n", new byte[0]).assertUp();
    }
  }

  @Test
  void unpacksNoMoreThanItMayRead() throws IOException {
    byte[] bomb = gzip(new byte[50_000_000]);
    assertThat(text("Content-Encoding: gzip\r\n", bomb).reason())
        .isEqualTo("body does not contain \"Grüße\" in its first 1 MiB");
  }

  private static Stream<Arguments> characterSets() {
    Charset windows = Charset.forName("windows-1252");
    String html = "Content-Type: text/html\r\n";
    String meta = "<html><head><meta charset=\"iso-8859-1\">" + TEXT;
    String older = "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>" + TEXT;
    return Stream.of(
        Arguments.of("", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=iso-8859-1\r\n", TEXT.getBytes(ISO_8859_1)),
        Arguments.of(
            "Content-Type: text/plain; Charset=\"ISO-8859-1\"\r\n", TEXT.getBytes(windows)),
        Arguments.of("Content-Type: text/plain;charset='latin1';x\r\n", TEXT.getBytes(windows)),
        Arguments.of("Content-Type: text/plain; charset=nonsense\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=a b c!\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: ;;;\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=utf8\r\n", TEXT.getBytes(UTF_8)),
        // The header is wrong, which is common: what is there is found all the same.
        Arguments.of("Content-Type: text/plain; charset=iso-8859-1\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=us-ascii\r\n", TEXT.getBytes(UTF_8)),
        Arguments.of("Content-Type: text/plain; charset=utf-8\r\n", TEXT.getBytes(windows)),
        Arguments.of("Content-Type: text/html; charset=utf-8\r\n", meta.getBytes(ISO_8859_1)),
        Arguments.of("Content-Type: text/html; charset=iso-8859-1\r\n", meta.getBytes(UTF_8)),
        Arguments.of(html, meta.getBytes(ISO_8859_1)),
        Arguments.of(html, meta.getBytes(UTF_8)),
        Arguments.of(html, older.getBytes(Charset.forName("iso-8859-2"))),
        Arguments.of(
            "Content-Type: application/xml\r\n",
            ("<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?><a>" + TEXT)
                .getBytes(Charset.forName("iso-8859-15"))),
        Arguments.of(html, TEXT.getBytes(windows)),
        Arguments.of("Content-Type: text/plain; charset=utf-16\r\n", TEXT.getBytes(UTF_16LE)),
        Arguments.of("Content-Type: text/plain; charset=utf-16be\r\n", TEXT.getBytes(UTF_16BE)),
        // A byte order mark goes before the header.
        Arguments.of("", (MARK + TEXT).getBytes(UTF_8)),
        Arguments.of("", (MARK + TEXT).getBytes(UTF_16LE)),
        Arguments.of("", (MARK + TEXT).getBytes(UTF_16BE)),
        Arguments.of(
            "Content-Type: text/plain; charset=iso-8859-1\r\n", (MARK + TEXT).getBytes(UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("characterSets")
  void readsTheCharactersThatAreThere(String headers, byte[] body) throws IOException {
    text(headers, body).assertUp();
  }

  @Test
  void doesNotFindWhatIsNotThere() throws IOException {
    assertThat(
            text(
                    "Content-Type: text/html; charset=utf-8\r\n",
                    "<meta charset=koi8-r>GrüÃe".getBytes(ISO_8859_1))
                .reason())
        .isEqualTo("body does not contain \"Grüße\"");
  }

  private static Stream<Arguments> json() {
    String json = "{\"a\":\"Grüße\"}";
    return Stream.of(
        Arguments.of("", json.getBytes(UTF_8)),
        Arguments.of("", (MARK + json).getBytes(UTF_8)),
        Arguments.of("", (MARK + json).getBytes(UTF_16LE)),
        Arguments.of("", (MARK + json).getBytes(UTF_16BE)),
        Arguments.of(
            "Content-Type: application/json; charset=utf-16le\r\n", json.getBytes(UTF_16LE)),
        Arguments.of(
            "Content-Type: application/json; charset=iso-8859-1\r\n", json.getBytes(UTF_8)),
        Arguments.of(
            "Content-Type: application/json; charset=iso-8859-1\r\n", json.getBytes(ISO_8859_1)),
        Arguments.of("", json.getBytes(ISO_8859_1)));
  }

  @ParameterizedTest
  @MethodSource("json")
  void readsJsonInEveryCharacterSet(String headers, byte[] body) throws IOException {
    HttpExpectation expected =
        HttpExpectation.DEFAULT.json(new JsonExpectation("$.a", Optional.of("Grüße")));
    check(expected, headers, body).assertUp();
  }

  @Test
  void saysHowFarItHasLooked() throws IOException {
    byte[] long_ = ("x".repeat(1 << 20) + TEXT).getBytes(UTF_8);
    assertThat(text("", long_).reason())
        .isEqualTo("body does not contain \"Grüße\" in its first 1 MiB");
    JsonExpectation any = new JsonExpectation("$", Optional.empty());
    assertThat(
            check(
                    HttpExpectation.DEFAULT.json(any),
                    "",
                    ("[\"" + "x".repeat(1 << 20) + "\"]").getBytes(UTF_8))
                .reason())
        .isEqualTo("body is longer than 1 MiB, too long to be read as JSON");
    // A letter of two bytes, cut in its middle, does not make UTF-8 of something else.
    byte[] cut =
        (TEXT + "x".repeat((1 << 20) - 1 - TEXT.getBytes(UTF_8).length) + "üü").getBytes(UTF_8);
    text("", cut).assertUp();
  }

  /// Servers that send a megabyte but for its end would else fill the memory with their answers.
  @Test
  void answersThatAreReadAtOnceShareTheirMemory() throws IOException {
    HttpExpectation wanted = HttpExpectation.DEFAULT.text("x");
    try (HttpAsker small =
        new HttpAsker(new Dialer(Resolver.system()), new AnswerMemory(100_000))) {
      for (int i = 0; i < 3; i++) { // each gives back what it held
        assertThat(check(small, wanted, "", new byte[60_000]).failure().isHere()).isFalse();
        check(small, wanted, "", "x".repeat(60_000).getBytes(UTF_8)).assertUp();
      }
      Checked body = check(small, wanted, "", "x".repeat(120_000).getBytes(UTF_8));
      assertThat(body.failure().isHere()).isTrue();
      assertThat(body.reason()).startsWith("too many large answers are being read at once");
      Checked header = check(small, wanted, "a:\r\n".repeat(1_000), "x".getBytes(UTF_8));
      assertThat(header.failure().isHere()).as(header.reason()).isTrue();
      check(small, wanted, "a:\r\n".repeat(500), "x".getBytes(UTF_8)).assertUp();
    }
  }
}
