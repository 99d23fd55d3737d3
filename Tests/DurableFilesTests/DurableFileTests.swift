// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Files are as before or complete")
struct DurableFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A write replaces the whole file, with exactly the mode asked for, and leaves no temporary file")
    func replaces() throws {
        let path = folder.path + "/key"
        try DurableFile.write(Array("old".utf8), to: path, mode: 0o600)
        try DurableFile.write(Array("new".utf8), to: path, mode: 0o600)
        #expect(try DurableFile.read(path, maximumLength: 3) == Array("new".utf8))
        #expect(try Folder.names(in: folder.path) == ["key"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("So does a write that does not wait for the disk")
    func replacesWithoutSync() throws {
        let path = folder.path + "/bin"
        try DurableFile.writeWithoutSync(Array("longer".utf8), to: path)
        try DurableFile.writeWithoutSync(Array("new".utf8), to: path, mode: 0o600)
        #expect(try DurableFile.read(path, maximumLength: 3) == Array("new".utf8))
        #expect(try Folder.names(in: folder.path) == ["bin"])
        try Folder.create(folder.path + "/taken/inside")
        #expect(throws: Failure.self) { try DurableFile.writeWithoutSync([1], to: folder.path + "/taken") }
        #expect(try Folder.names(in: folder.path) == ["bin", "taken"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("A write that cannot be finished leaves the old file and no temporary one")
    func failsWhole() throws {
        let path = folder.path + "/taken"
        try Folder.create(path + "/inside")
        #expect(throws: Failure.self) { try DurableFile.write([1], to: path) }
        #expect(try Folder.names(in: folder.path) == ["taken"])
    }

    @Test("A file that is longer than allowed is refused, one that is not there is nil")
    func limits() throws {
        let path = folder.path + "/long"
        try DurableFile.write([1, 2, 3, 4], to: path)
        #expect(refusalCode { try DurableFile.read(path, maximumLength: 3) } == CoreCode.tooLarge.rawValue)
        #expect(try DurableFile.read(folder.path + "/nothing", maximumLength: 3) == nil)
        #expect(throws: Failure.self) { try DurableFile.read(folder.path, maximumLength: 3) }
    }

    @Test("Removing a tree does not follow links out of it")
    func removesTree() throws {
        let outside = try folder.write([1], to: "outside/kept")
        try Folder.create(folder.path + "/tree/deep")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/tree/deep/link",
            withDestinationPath: folder.path + "/outside"
        )
        // A link is removed and not followed, and a name need not be text.
        try folder.write([1], to: "kept/file")
        #expect(symlink(folder.path + "/kept", folder.path + "/tree/link") == 0)
        #expect(mkdir(Array((folder.path + "/tree/").utf8CString.dropLast()) + [-1, 0], 0o700) == 0)
        try Folder.removeTree(folder.path + "/tree")
        #expect(try folder.read("kept/file") == [1])
        #expect(!Folder.exists(folder.path + "/tree"))
        #expect(Folder.exists(outside))
    }

    @Test("The lock on a file that is there leaves it as it is, excludes others, and needs the file")
    func lockOnExisting() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], to: "package")
        var held: FileLock? = try FileLock(onExisting: path)
        #expect(try FileLock.ifFree(path) == nil)
        withExtendedLifetime(held) {}
        held = nil
        #expect(try FileLock.ifFree(path) != nil)
        #expect(try folder.read("package") == [1, 2, 3])
        #expect(throws: Failure.self) { try FileLock(onExisting: path + ".none") }
        #expect(!Folder.exists(path + ".none"))
        // Whoever may only read the file can take it.
        let readOnly = try folder.write([4], to: "read-only")
        try #require(chmod(readOnly, 0o400) == 0)
        held = try FileLock(onExisting: readOnly)
        #expect(try folder.read("read-only") == [4])
    }

    @Test("A held lock is noticed by the next taker, and is free again when its holder goes")
    func locks() throws {
        let path = folder.path + "/lock"
        var held: FileLock? = try FileLock(path)
        #expect(throws: Failure.self) { try FileLock(path, waiting: false) }
        withExtendedLifetime(held) {}
        held = nil
        _ = try FileLock(path, waiting: false)
    }

    @Test("A pipe in a file's place is refused at once, without waiting for a writer")
    func refusesPipes() throws {
        let path = folder.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: Failure.self) { try DurableFile.read(path, maximumLength: 3) }
    }

    @Test("A limit far below the file's length takes no memory of that length")
    func reservesLittle() throws {
        let path = folder.path + "/sparse"
        try DurableFile.write([], to: path)
        #expect(truncate(path, 1 << 40) == 0)
        let file = try #require(try OpenFile(readingIfThere: path))
        #expect(refusalCode { try file.readAll(maximumLength: 10) } == CoreCode.tooLarge.rawValue)
    }

    @Test("A modification time is set and read in whole seconds; a missing file has none")
    func modificationTimes() throws {
        let path = folder.path + "/file"
        try DurableFile.setModified(path, to: Timestamp(seconds: 1))
        #expect(DurableFile.modified(path) == nil)
        try DurableFile.write([1], to: path)
        try DurableFile.setModified(path, to: Timestamp(seconds: 1_000_000_000))
        #expect(DurableFile.modified(path) == Timestamp(seconds: 1_000_000_000))
    }

    @Test("Folders are made with those above them, and a link is told from a folder")
    func makesFolders() throws {
        let path = folder.path + "/a/b/c"
        try Folder.createDurably(path)
        try Folder.createDurably(path)
        #expect(Folder.isFolder(path) && !Folder.isSymbolicLink(path))
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: path)
        #expect(Folder.isSymbolicLink(folder.path + "/link") && Folder.isFolder(folder.path + "/link"))
    }

    @Test(
        "Paths are made absolute by name",
        arguments: [("/a/./b/../c", "/a/c"), ("/../x", "/x"), ("/", "/"), ("/a//b/", "/a/b")]
    )
    func absolute(path: String, expected: String) throws { #expect(try Folder.absolute(path) == expected) }

    @Test("A relative path starts at the current folder, and an empty one is none")
    func relative() throws {
        let here = FileManager.default.currentDirectoryPath
        #expect(try Folder.absolute("a/../b") == here + "/b")
        #expect(throws: Failure.self) { try Folder.absolute("") }
    }

    @Test(
        "The parent of a path is the folder it is in",
        arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("/a/b/", "/a")]
    )
    func parent(path: String, expected: String) { #expect(Folder.parent(of: path) == expected) }
}
