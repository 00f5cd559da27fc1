package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;

/// What HTTP adds to [Failures]: answers that break off, or are no HTTP. Apart from it, so that
/// other probes work without an HTTP client on the class path.
final class HttpFailures {
  private HttpFailures() {}

  static ProbeFailure of(IOException e, Progress progress) throws InterruptedException {
    Throwable cause = e.getCause() instanceof HttpException http ? http : e;
    boolean early = progress.stage() != Progress.Stage.BODY;
    if (progress.late() || Thread.currentThread().isInterrupted()) {
      return Failures.of(e, progress);
    }
    return switch (cause) {
      case NoHttpResponseException x ->
          ProbeFailure.answered("connection closed without an answer");
      case MessageConstraintException x ->
          ProbeFailure.answered("the answer's header is too long: " + HttpConnection.bound(x));
      case AnswerLength.Unreadable x -> ProbeFailure.answered(Failures.message(x));
      case TruncatedChunkException x ->
          ProbeFailure.answered("connection closed in the middle of the body");
      case MalformedChunkCodingException x ->
          ProbeFailure.answered("the body is broken: " + Failures.message(x));
      case ZipException x -> ProbeFailure.answered("the body is broken: " + Failures.message(x));
      case EOFException x when !early ->
          ProbeFailure.answered("the packed body ends in its middle");
      case ConnectionClosedException x ->
          ProbeFailure.answered(
              "connection closed in the middle of the " + (early ? "header" : "body"));
      case HttpException x -> ProbeFailure.answered("the answer is no HTTP");
      default -> Failures.of(e, progress);
    };
  }
}
