package dev.rollcall.server.http;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Predicate;

/// Recognizes senders by their addresses, unless the request comes from a page of another site in a
/// browser: links, images, forms and scripts of a page can send the same requests as a job.
///
/// @param networks the addresses of senders; empty: all
public record SenderNetworks(Optional<Predicate<InetAddress>> networks) implements Authenticator {
  private static final Finding SENDER = new Finding.Known(new Caller.Sender());

  @Override
  public Finding find(Request request) {
    Optional<String> site = request.otherSite();
    if (site.isPresent()) {
      return new Finding.Doubtful(
          "the request comes from a page of another site ("
              + site.get()
              + "), which changes nothing here");
    }
    return networks.isEmpty() ? SENDER : find(request, networks.get());
  }

  private static Finding find(Request request, Predicate<InetAddress> networks) {
    InetAddress address = request.client();
    boolean itself = request.peer().isLoopbackAddress() && address.equals(request.peer());
    Optional<String> proxy = itself ? RequestOrigin.proxy(request) : Optional.empty();
    if (proxy.isPresent()) { // it may call for anyone
      return new Finding.Doubtful(
          "the request came through a proxy on this machine ("
              + proxy.get()
              + "), and write access is limited (writers): send the token");
    }
    return networks.test(address)
        ? SENDER
        : new Finding.Doubtful(
            address.getHostAddress() + " is not in a network with write access (writers)");
  }
}
