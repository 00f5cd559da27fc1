package dev.rollcall.server.account.session;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import javax.crypto.SecretKey;

/// The tokens of `POST /login`: JWT (RFC 7519) with `user_id`, `exp`, `iat` and `sid`, the session.
/// They are signed with HMAC and SHA-256, and no other algorithm is accepted (RFC 8725, 3.1).
public final class WebTokens {
  private static final JWSHeader HEADER = new JWSHeader(JWSAlgorithm.HS256);
  private static final String USER = "user_id";
  private static final String SESSION = "sid";
  private static final String ISSUED = "iat";
  private static final String END = "exp";

  /// The first part of a token begins with `{"`.
  private static final String BEGINNING = "eyJ";

  private static final int LONGEST = 2_000;

  private final MACSigner signer;
  private final MACVerifier verifier;

  public WebTokens(SecretKey key) {
    try {
      signer = new MACSigner(key.getEncoded());
      verifier = new MACVerifier(key.getEncoded());
    } catch (JOSEException e) {
      throw new IllegalStateException("HMAC does not work in this Java", e);
    }
  }

  /// Whether a text is meant to be such a token, valid or not: part of one is refused too, as what
  /// it sends would count for the operator.
  static boolean isLike(String text) {
    return text.startsWith(BEGINNING);
  }

  /// The token of a session.
  public String sign(long account, long session, Instant now, Instant end) {
    JWSObject token =
        new JWSObject(
            HEADER,
            new Payload(
                Map.of(
                    USER,
                    account,
                    SESSION,
                    session,
                    ISSUED,
                    now.getEpochSecond(),
                    END,
                    end.getEpochSecond())));
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HMAC does not work in this Java", e);
    }
    return token.serialize();
  }

  /// The session of a token; empty if the token is not ours, was changed, or has expired.
  OptionalLong session(String text, Instant now) {
    if (text.length() > LONGEST) {
      return OptionalLong.empty();
    }
    try {
      JWSObject token = JWSObject.parse(text);
      if (!token.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256) || !token.verify(verifier)) {
        return OptionalLong.empty();
      }
      Map<String, Object> claims = token.getPayload().toJSONObject();
      return claims != null
              && claims.get(END) instanceof Number end
              && claims.get(SESSION) instanceof Number session
              && now.getEpochSecond() < end.longValue()
          ? OptionalLong.of(session.longValue())
          : OptionalLong.empty();
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }
}
