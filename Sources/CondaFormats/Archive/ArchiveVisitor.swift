// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Takes the entries of a package, one after another, each inspected before it gets here.
///
/// What it is given is *provisional* until the reader returns: the checksums of the archive and the
/// comparison with the manifest come last. Whoever writes must write where nobody looks, and throw it away on
/// an error. Guaranteed by the reader: paths are safe and unique; no entry stands below a link or a file; a
/// hard link's target is an earlier regular file. Permission bits are read, write and execute only:
/// set-user-id, set-group-id and the sticky bit are left out, as conda itself ignores them.
public protocol ArchiveVisitor: AnyObject {
    /// A folder that the archive names. Folders that it only implies are not announced.
    func directory(_ path: PrefixPath, permissions: UInt16) throws
    /// A regular file starts; its bytes follow, then ``endFile()``.
    func beginFile(_ path: PrefixPath, size: UInt64, permissions: UInt16) throws
    /// Some bytes of the current file. The buffer is valid only during the call.
    func fileBytes(_ bytes: UnsafeRawBufferPointer) throws
    /// The current file is complete.
    func endFile() throws
    /// A symbolic link.
    func symbolicLink(_ path: PrefixPath, target: String) throws
    /// Another name for an earlier regular file.
    func hardLink(_ path: PrefixPath, to target: PrefixPath) throws
}

/// A visitor that does nothing: for checking a package without unpacking it.
public final class DiscardingVisitor: ArchiveVisitor {
    /// Makes one.
    public init() {}
    /// Does nothing.
    public func directory(_ path: PrefixPath, permissions: UInt16) {}
    /// Does nothing.
    public func beginFile(_ path: PrefixPath, size: UInt64, permissions: UInt16) {}
    /// Does nothing.
    public func fileBytes(_ bytes: UnsafeRawBufferPointer) {}
    /// Does nothing.
    public func endFile() {}
    /// Does nothing.
    public func symbolicLink(_ path: PrefixPath, target: String) {}
    /// Does nothing.
    public func hardLink(_ path: PrefixPath, to target: PrefixPath) {}
}
