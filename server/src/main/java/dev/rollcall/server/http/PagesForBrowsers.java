package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/// Errors as a page if `Accept` names `text/html` and does not prefer `application/json` or accept
/// it equally (RFC 9110, section 12.5.1); otherwise as `others`. A client that accepts everything
/// (`*/*`) is no browser.
record PagesForBrowsers(ErrorPage page, ErrorShape others) implements ErrorShape {
  @Override
  public ErrorShape asked(String accept) {
    double html = weight(accept, "text/html");
    boolean browser = html > 0 && html > weight(accept, "application/json");
    return browser ? new Page(page, others) : others;
  }

  @Override
  public boolean isPage() {
    return true;
  }

  @Override
  public void write(JsonGenerator json, int status, List<String> errors) {
    others.write(json, status, errors);
  }

  private static double weight(String accept, String type) {
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      if (parts[0].strip().equals(type)) {
        return parts.length < 2 ? 1 : quality(parts[parts.length - 1].strip());
      }
    }
    return 0;
  }

  private static double quality(String parameter) {
    return parameter.matches("q=[01](\\.\\d{0,3})?")
        ? Double.parseDouble(parameter.substring(2))
        : 0;
  }

  private record Page(ErrorPage page, ErrorShape others) implements ErrorShape {
    @Override
    public Answer answer(int status, List<String> errors) {
      return page.of(status, errors).with("Vary", "Accept");
    }

    @Override
    public void write(JsonGenerator json, int status, List<String> errors) {
      others.write(json, status, errors);
    }
  }
}
