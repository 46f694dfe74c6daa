"""Many pictures: what is to be done with each, where, and what came of it.

A :class:`~gicodec.batch.task.Task` names a picture, its output, and how to encode it; a
:class:`~gicodec.batch.record.Record` says what came of it. ``processes`` works on this machine,
``gicodec.cluster`` on many; ``report`` keeps the records, so that a run can be resumed.
"""
