package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file or folder cannot be used. Java's own message is often only its path.
public final class FileProblems {
  private FileProblems() {}

  /// The reason of the file system, without the path and without the name of a class.
  public static String of(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or folder";
      case FileAlreadyExistsException _ -> "a file is in its place";
      case NotDirectoryException _ -> "it is no folder";
      case DirectoryNotEmptyException _ -> "the folder is not empty";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      case FileSystemException _ -> "the file system does not say why";
      default -> String.valueOf(failure.getMessage());
    };
  }
}
