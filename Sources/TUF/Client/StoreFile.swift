// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Whole files, read and replaced the way a trust store needs it. All paths are of our own making.
enum StoreFile {
    private static let temporaryPrefix = ".new-"

    /// Makes a folder for its owner only; nothing happens if it is there.
    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure("make the folder", path)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
    }

    /// The bytes of a regular file; nil if there is no such file. Symbolic links are not followed.
    static func read(_ path: String, maximumLength: Int) throws -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            guard errno == ENOENT else { throw failure("read", path) }
            return nil
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in system { readSome(file, buffer) } }
            guard count >= 0 else { throw failure("read", path) }
            guard count > 0 else { return bytes }
            guard bytes.count + count <= maximumLength else {
                throw Failure(.disk, "the file is too long for trusted metadata", at: path)
            }
            bytes += chunk[..<count]
        }
    }

    /// Replaces a file so that its old or its new content is there at every moment, and the new one for good after.
    static func replace(_ path: String, by bytes: [UInt8]) throws {
        if let old = try? read(path, maximumLength: bytes.count), old == bytes { return }
        let (folder, name) = split(path)
        var template = Array("\(folder)/\(temporaryPrefix)XXXXXX".utf8CString)
        let file = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard file >= 0 else { throw failure("write in", folder) }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var isOpen = true
        do {
            try write(bytes, to: file, path)
            guard fsync(file) == 0 else { throw failure("flush", path) }
            isOpen = false
            guard close(file) == 0 else { throw failure("write", path) }
            guard rename(temporary, "\(folder)/\(name)") == 0 else { throw failure("rename to", path) }
        } catch {
            if isOpen { close(file) }
            unlink(temporary)
            throw error
        }
        try flush(folder: folder)
    }

    /// Removes a file, for good.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 else {
            guard errno == ENOENT else { throw failure("remove", path) }
            return
        }
        try flush(folder: split(path).folder)
    }

    /// Removes what writers that were killed left behind. Only for who holds the lock.
    static func removeAbandoned(in folders: [String]) {
        for folder in folders {
            guard let stream = opendir(folder) else { continue }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name.hasPrefix(temporaryPrefix) { unlink("\(folder)/\(name)") }
            }
        }
    }

    private static func write(_ bytes: [UInt8], to file: CInt, _ path: String) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                system { writeSome(file, UnsafeRawBufferPointer(rebasing: buffer[done...])) }
            }
            guard count > 0 else { throw failure("write", path) }
            done += count
        }
    }

    private static func flush(folder: String) throws {
        let file = open(folder, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("flush", folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure("flush", folder) }
    }

    private static func readSome(_ file: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.read(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(file, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func writeSome(_ file: CInt, _ buffer: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            Musl.write(file, buffer.baseAddress, buffer.count)
        #else
            Darwin.write(file, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Repeats a call that a signal interrupted.
    private static func system(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    fileprivate static func failure(_ doing: String, _ path: String) -> Failure {
        Failure(.disk, "could not \(doing) it: \(String(cString: strerror(errno)))", at: path)
    }
}

/// A lock on a file, which the system releases when the process ends.
///
/// Holds a file descriptor that is closed once, by ``release()`` or when the value goes.
final class StoreLockFile: StoreLock {
    private let file: CInt

    init(_ path: String) throws {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw StoreFile.failure("lock", path) }
    }

    deinit { close(file) }

    /// Takes the lock if nobody else has it.
    func tryLock() throws -> Bool {
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK || errno == EINTR else {
            throw StoreFile.failure("lock", "the trust store")
        }
        return false
    }

    func release() { flock(file, LOCK_UN) }
}
