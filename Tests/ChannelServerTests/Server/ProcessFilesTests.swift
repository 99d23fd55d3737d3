// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import ChannelServer

@Suite("Connections and open files")
struct ProcessFilesTests {
    @Test(
        "There are as many connections as there are files for, three for each, and never none",
        arguments: [(4096, 1_000_000, 4096), (4096, 1024, 256), (4096, 280, 8), (4096, 10, 8), (4, 10, 4)]
    )
    func connections(wanted: Int, files: Int, allowed: Int) {
        #expect(ProcessFiles.connections(wanted, within: files) == allowed)
    }
}
