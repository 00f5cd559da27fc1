package dev.rollcall.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// One open overview, as in a browser: the page and its stream of changes. It has its own address.
final class Viewer implements AutoCloseable {
  private static final Pattern LIVE = Pattern.compile("data-live=\"([^\"]+)\"");
  private static final Pattern ROW = Pattern.compile("id=\"s(\\d+)\" class=\"([a-z]+)");
  private static final int READ = 16 * 1024;

  /// A service that changed to down on the page.
  record Sighting(long service, Instant at) {}

  /// A fetched page.
  ///
  /// @param firstByteNanos from the request to the first byte of the answer
  /// @param bytes the size of the body as it was sent
  record Page(long firstByteNanos, long bytes, String html) {}

  private final Socket socket;
  private final AtomicLong bytes = new AtomicLong();
  private final List<Sighting> sightings = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private volatile boolean lost;

  private Viewer(Socket socket) {
    this.socket = socket;
  }

  /// Opens the page and its stream.
  ///
  /// @param number the number of the viewer, from 0
  /// @param looks whether it reads the events; otherwise it only counts bytes
  static Viewer open(int port, int number, boolean looks) throws IOException {
    Page page = fetch(port, number);
    Matcher live = LIVE.matcher(page.html());
    if (!live.find()) {
      throw new IllegalStateException("the page names no stream");
    }
    Viewer viewer = new Viewer(connect(port, number));
    viewer.ask(live.group(1).replace("&amp;", "&"));
    Thread.ofVirtual()
        .name("viewer-", number)
        .start(() -> viewer.run(looks ? viewer::look : viewer::count));
    return viewer;
  }

  /// Gets `/` on a new connection.
  static Page fetch(int port, int number) throws IOException {
    try (Socket socket = connect(port, number)) {
      long asked = System.nanoTime();
      request(socket, "/", "text/html", "close");
      InputStream in = new BufferedInputStream(socket.getInputStream(), READ);
      in.mark(1);
      if (in.read() < 0) {
        throw new IOException("no answer");
      }
      long firstByte = System.nanoTime() - asked;
      in.reset();
      String header = Chunked.header(in);
      if (!header.startsWith("http/1.1 200")) {
        throw new IllegalStateException("the page is " + header);
      }
      byte[] body = (header.contains("chunked") ? new Chunked(in) : in).readAllBytes();
      InputStream plain = new ByteArrayInputStream(body);
      plain = header.contains("content-encoding: gzip") ? new GZIPInputStream(plain) : plain;
      return new Page(firstByte, body.length, new String(plain.readAllBytes(), UTF_8));
    }
  }

  /// The bytes of the stream so far, as they were sent.
  long bytes() {
    return bytes.get();
  }

  /// Whether the stream ended before it was closed here.
  boolean lost() {
    return lost;
  }

  List<Sighting> sightings() {
    return List.copyOf(sightings);
  }

  private static Socket connect(int port, int number) throws IOException {
    Socket socket = new Socket();
    socket.bind(
        new InetSocketAddress(
            InetAddress.getByName("127.1." + number / 250 + "." + (number % 250 + 1)), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
    return socket;
  }

  private void ask(String path) throws IOException {
    request(socket, path, "text/event-stream", "keep-alive");
  }

  private static void request(Socket socket, String path, String accept, String connection)
      throws IOException {
    socket
        .getOutputStream()
        .write(
            Chunked.ascii(
                "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: %s\r\nAccept-Encoding: gzip, deflate\r\nConnection: %s\r\n\r\n"
                    .formatted(path, accept, connection)));
  }

  private interface Reading {
    void of(InputStream in) throws IOException;
  }

  private void run(Reading reading) {
    try {
      reading.of(new Counting(socket.getInputStream()));
    } catch (IOException e) {
      // recorded below
    }
    lost = !closed;
  }

  private void count(InputStream in) throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  private void look(InputStream counting) throws IOException {
    InputStream in = new BufferedInputStream(counting, READ);
    String header = Chunked.header(in);
    InputStream body = new Chunked(in);
    body = header.contains("content-encoding: gzip") ? new GZIPInputStream(body, READ) : body;
    Map<Long, String> shown = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(body, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher row = ROW.matcher(line);
      while (row.find()) {
        long service = Long.parseLong(row.group(1));
        String before = shown.put(service, row.group(2));
        if (row.group(2).equals("down") && !"down".equals(before)) {
          sightings.add(new Sighting(service, Instant.now()));
        }
      }
    }
  }

  private final class Counting extends FilterInputStream {
    private Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      bytes.addAndGet(Math.max(0, read));
      return read;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    socket.close();
  }
}
