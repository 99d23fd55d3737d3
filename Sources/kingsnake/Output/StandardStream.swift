// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import Synchronization

/// Writing to standard output and standard error, with what was lost remembered: a result that nobody got must not
/// end with status 0.
enum StandardStream {
    private static let firstError = Mutex<Int32?>(nil)

    /// What the system said when a part of standard output could not be written first; nil if all was.
    static var outputError: Int32? { firstError.withLock { $0 } }

    /// Writes all of a text. What standard error does not take is lost: there is nowhere left to say so.
    static func send(_ text: String, to descriptor: Int32) {
        var text = text
        let number: Int32? = text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return nil
        }
        guard let number, descriptor == STDOUT_FILENO else { return }
        firstError.withLock { $0 = $0 ?? number }
    }
}
