"""One thread of BLAS: held as long as anybody fits, and let go of after the last."""

from threadpoolctl import threadpool_info, threadpool_limits

from gradewise.models.one_thread import one_blas_thread


def blas_threads() -> set[int]:
    """How many threads the libraries for linear algebra may use."""
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_the_first_to_leave_sets_nobody_free() -> None:
    """With two within, one stays held when the other has left; then all is as it was."""
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert {1} == blas_threads()
        second.__exit__(None, None, None)
        assert before == blas_threads()
