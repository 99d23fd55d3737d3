// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("The home folder of a trial")
struct TrialHomeTests {
    let folder: TemporaryFolder
    private var home: String { folder.path + "/user" }
    private var trial: String { folder.path + "/trial" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, _ path: String) throws { try folder.write(Array(text.utf8), to: path) }

    private func text(_ path: String) throws -> String {
        String(decoding: try folder.read(path), as: UTF8.self)
    }

    @Test("Settings are the user’s, and a list of environments that is written goes with the trial")
    func keepsLists() throws {
        try write("a", "user/.condarc")
        try write("b", "user/.conda/.condarc")
        try write("c", "user/.config/mamba/mambarc")
        try write("/home/a/env\n", "user/.conda/environments.txt")
        try TrialHome.make(at: trial, of: home)
        #expect(try text("trial/.condarc") == "a")
        #expect(try text("trial/.conda/.condarc") == "b")
        #expect(try text("trial/.config/mamba/mambarc") == "c")
        #expect(!Folder.exists(trial + "/.conda/environments.txt"))
        try write("/trial/env\n", "trial/.conda/environments.txt")
        #expect(try text("user/.conda/environments.txt") == "/home/a/env\n")
        try Folder.removeTree(trial)
        #expect(try Folder.names(in: home) == [".conda", ".condarc", ".config"])
        #expect(try text("user/.config/mamba/mambarc") == "c")
    }

    @Test("Where there is no list, none is made in the user’s home, nor its folder")
    func makesNone() throws {
        try write("a", "user/.condarc")
        try TrialHome.make(at: trial, of: home)
        try write("", "trial/.conda/environments.txt")
        #expect(try Folder.names(in: home) == [".condarc"])
    }

    @Test("A home that is not there has nothing in it")
    func absent() throws {
        try TrialHome.make(at: trial, of: home)
        #expect(try Folder.names(in: trial).isEmpty)
        #expect(!Folder.exists(home))
    }
}
