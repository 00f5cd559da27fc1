package dev.rollcall.server.redis;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// An entry of a stream: some items of one writer, with consecutive numbers. A writer is a process
/// until it does not know whether an entry reached Redis. An item that is read twice is recognised
/// by its writer and its number.
///
/// @param process that wrote it
/// @param writer drawn at random
/// @param first the number of the first item
record StreamEntry(long process, long writer, long first, List<byte[]> items) {
  private static final byte VERSION = 1;

  /// One item.
  static final class Item {
    private final StreamEntry entry;
    private final int place;

    private Item(StreamEntry entry, int place) {
      this.entry = entry;
      this.place = place;
    }

    /// The process that wrote it.
    long process() {
      return entry.process;
    }

    long writer() {
      return entry.writer;
    }

    long number() {
      return entry.first + place;
    }

    byte[] bytes() {
      return entry.items.get(place);
    }

    /// The bytes of an entry with this item alone.
    byte[] alone() {
      return new StreamEntry(entry.process, entry.writer, number(), List.of(bytes())).bytes();
    }
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + items.size() * 128);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(process);
      out.writeLong(writer);
      out.writeLong(first);
      out.writeInt(items.size());
      for (byte[] item : items) {
        out.writeInt(item.length);
        out.write(item);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException if these are not the bytes of an entry
  static StreamEntry of(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      byte version = in.get();
      if (version != VERSION) {
        throw new IllegalArgumentException("an entry of version " + version);
      }
      long process = in.getLong();
      long writer = in.getLong();
      long first = in.getLong();
      int count = in.getInt();
      List<byte[]> items = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] item = new byte[Math.min(in.getInt(), in.remaining() + 1)];
        in.get(item);
        items.add(item);
      }
      return new StreamEntry(process, writer, first, items);
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw new IllegalArgumentException("no entry of Rollcall", e);
    }
  }

  List<Item> numbered() {
    List<Item> all = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      all.add(new Item(this, i));
    }
    return all;
  }
}
