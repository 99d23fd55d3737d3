// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

/// What Kingsnake unpacks, beside what conda-package-handling and py-rattler unpack from the same file.
@Suite(
    "Unpacked trees beside the peers'",
    .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
    .enabled(if: Peers.arePresent, "\(Peers.absence)")
)
struct ExtractionInteropTests {
    @Test(
        "Names, bytes, modes and links are those that each peer gives",
        arguments: SharedPackage.good,
        ["cph", "rattler"]
    )
    func equal(_ package: SharedPackage, peer: String) async throws {
        let folder = try TemporaryFolder()
        let ours = try await UnpackedTree.ours(package.absolutePath, folder)
        let theirs = try await UnpackedTree.peer(peer, package.absolutePath, folder)
        #expect(Set(ours.keys) == Set(theirs.keys))
        for (path, entry) in ours where theirs[path] != entry {
            let isKnown = theirs[path].map { UnpackedTree.isDeliberate(entry, $0) } ?? false
            #expect(isKnown, "\(path): ours \(entry), theirs \(String(describing: theirs[path]))")
        }
    }

    @Test("The program refuses malformed packages, each by its code", arguments: SharedPackage.malformed)
    func refused(path: String, code: String) async throws {
        let folder = try TemporaryFolder()
        let package = "\(SharedData.root)/conda/\(path)"
        let result = try await Program(in: folder.path).run("extract", package, "--to", "ours", "--json")
        // What no package can be called is a mistake in the command.
        let isName = code == NameCode.fileName.rawValue
        #expect(result.status == (isName ? 2 : 3), "\(result.transcript)")
        #expect(result.refusalCode == (isName ? nil : code), "\(result.transcript)")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/ours"))
    }
}

/// What Kingsnake and a peer unpack.
///
/// All run with umask 0, under which all give the archive's own modes.
private enum UnpackedTree {
    typealias Tree = [String: [String: String]]

    /// Differences that are meant to be there.
    static func isDeliberate(_ ours: [String: String], _ theirs: [String: String]) -> Bool {
        // Archives rarely name folders. The peers make those that are only implied with mode 777 less the umask; ours
        // are never open to other writers, whatever the umask is.
        if ours["type"] == "directory", theirs["type"] == "directory" { return ours["mode"] == "755" }
        return false
    }

    static func ours(_ package: String, _ folder: TemporaryFolder) async throws -> Tree {
        var program = Program(in: folder.path)
        program.umask = "0"
        try await program.must(["extract", package, "--to", "ours"])
        return tree(try await Peers.run("tree", [folder.path + "/ours"]))
    }

    static func peer(_ name: String, _ package: String, _ folder: TemporaryFolder) async throws -> Tree {
        let arguments = [name, package, folder.path + "/theirs"]
        return tree(try await Peers.run("extract_tree", arguments, umask: "0"))
    }

    private static func tree(_ answer: JSONValue) -> Tree {
        var tree: Tree = [:]
        for entry in answer.array ?? [] {
            var fields: [String: String] = [:]
            for member in entry.object?.members ?? [] {
                fields[member.key] = member.value.string ?? member.value.integer.map(String.init)
            }
            if let path = fields.removeValue(forKey: "path") { tree[path] = fields }
        }
        return tree
    }
}
