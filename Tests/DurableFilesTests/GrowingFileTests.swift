// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import Foundation
import TestSupport
import Testing
import TrustCore

@Suite("Files that grow")
struct GrowingFileTests {
    @Test("Pieces stand one behind the other, whoever appends, and can be cut off")
    func grows() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/log"
        let (one, two) = (try GrowingFile(path), try GrowingFile(path))
        try one.append([1, 2])
        try two.append([3])
        #expect(try one.length() == 3)
        #expect(try one.read(from: 1, maximumLength: 2) == [2, 3])
        #expect(try two.read(from: 5, maximumLength: 2) == [])
        #expect(refusalCode { try one.read(from: 0, maximumLength: 2) } == "limit.too-large")
        try two.cut(to: 1)
        try one.append([9])
        #expect(try folder.read("log") == [1, 9])
    }

    @Test("A link in the file's place is not followed, and a folder is no file")
    func others() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], to: "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link",
            withDestinationPath: folder.path + "/target"
        )
        #expect(throws: Failure.self) { try GrowingFile(folder.path + "/link") }
        #expect(throws: Failure.self) { try GrowingFile(folder.path) }
        #expect(throws: Failure.self) { try GrowingFile(folder.path + "/none/log") }
    }
}
